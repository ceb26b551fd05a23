"""The farmyard's commands: train the network, check it, draw the fixed scenes.

python -m report_builder.farmyard train
python -m report_builder.farmyard evaluate
python -m report_builder.farmyard scenes
"""
