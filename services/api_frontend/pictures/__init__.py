"""Pictures that are drawn here: a moment's card for other sites, and the site's sign."""
