"""Random laboratory benches, rendered with known leaks. A developer's tool: to measure on, and to train the judge with.

What is learned from scenes of every colour, shape, lamp and camera holds for the real one, which is then only one
more of them. (Domain randomisation: Tobin et al., IROS 2017, arXiv 1703.06907.)

Only shapes, surfaces, room, furniture, view, lamps, people, leaks and rendering need Blender.
"""
