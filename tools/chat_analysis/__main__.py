"""`python -m chat_analysis FILE… --out moments.jsonl`."""

from chat_analysis.replay import main

raise SystemExit(main())
