from cause_check.main import main

raise SystemExit(main())
