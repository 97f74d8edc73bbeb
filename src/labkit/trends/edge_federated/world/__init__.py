"""What happens where the data are: clinics with their patients, hidden sums, a camera's doubts."""
