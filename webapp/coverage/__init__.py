"""The coverage board: where a label has few photos."""
