"""The mapping language: from an admin's YAML to units that the planner works on."""
