"""`python -m recorder` runs the recorder."""

from recorder.main import main

raise SystemExit(main())
