"""`python -m status` prints the table."""

from status.main import main

raise SystemExit(main())
