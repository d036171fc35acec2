"""Notes (备注与通话记录): what staff write down about a case, a home or an organisation, for each other."""
