"""The pages of the waiting list: for staff, for families on a phone, and one for anybody."""
