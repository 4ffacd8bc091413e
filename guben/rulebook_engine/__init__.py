"""Rules as data: read, checked, compiled, evaluated and explained, without Django."""
