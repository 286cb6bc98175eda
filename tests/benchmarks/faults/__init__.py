"""The fault campaign: uploads against kills, and what must hold afterwards."""
