"""The worlds of module 02, each with a truth that an audit can be held against."""
