"""Portal texts (门户文字): guides, answers and the notice bar."""
