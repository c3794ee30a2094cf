"""Cases on their way in and out."""
