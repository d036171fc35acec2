"""What a person keeps of a list: named views, and large exports made as jobs."""
