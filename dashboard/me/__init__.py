"""What a partner sees of its own calls."""
