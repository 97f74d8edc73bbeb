"""What is made of a graded course: reports, records, exports. The gradebook is only read."""
