"""What every room stands on; a row of small packages, each importing only those before it."""
