"""`python -m clip_detector`."""

from clip_detector.main import main

raise SystemExit(main())
