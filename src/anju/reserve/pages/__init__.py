"""The reserve's pages: projects, homes, verdict sheets, snapshots, and the forms of their acts."""
