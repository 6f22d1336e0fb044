from translations.main import main

raise SystemExit(main())
