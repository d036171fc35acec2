"""The log of acts (办理日志): a Merkle tree over every act's entry, whose signed roots leave the database."""
