raise SystemExit('text')
