"""Jobs (后台任务): work behind an act, in its actor's name and region, that survives a killed worker."""
