"""Evidence files (证明材料)."""
