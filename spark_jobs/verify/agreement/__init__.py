"""Label evidence -> verdict: pure rules."""
