"""What things are made of: paint, metal, wood, glass, electrolyte, and the films that leaks form."""

from __future__ import annotations

from dataclasses import dataclass

import bpy
import numpy as np

from benchmarks.random_benches.chance import Chance

METAL = 1.0
GLASS_TINT = (0.93, 0.95, 0.94, 1)
# Light is refracted by water with acid or salt in it about as by water.
ELECTROLYTE_REFRACTION = 1.34
# Of all leaks so many are coloured, and the next so many wet what they lie on; the rest is clear.
COLOURED, COLOURED_OR_WETTING = 0.55, 0.8
CLOUDY = 0.4


@dataclass(frozen=True)
class Glow:
    """strength: the socket of a surface that shines by itself. value: how much it does at night."""

    strength: bpy.types.NodeSocket
    value: float


@dataclass(frozen=True)
class Electrolyte:
    """colour: the socket of a liquid's colour. charged: (3,) R, G, B at each charge, see states.CHARGES."""

    colour: bpy.types.NodeSocket
    charged: tuple[np.ndarray, ...]


class Surfaces:
    """Makes materials at random, and remembers those that change.

    glows: of displays and indicator lamps. electrolytes: of all bottles and hoses.
    """

    def __init__(self, chance: Chance) -> None:
        self._chance = chance
        self.glows: list[Glow] = []
        self.electrolytes: list[Electrolyte] = []

    def plain(
        self, colour: np.ndarray | tuple[float, float, float], roughness: float | None = None,
        metallic: float = 0.0, pattern: str | None = None, contrast: float = 0.3, glow: float = 0.0,
    ) -> bpy.types.Material:
        """An opaque surface. colour: R, G, B, 0 to 1. roughness: 0 mirror, 1 chalk, None any.

        pattern: noise, wood, speckle, tiles or wave; contrast: how much the second colour of it may differ.
        glow: how strongly it shines at night.
        """
        material, shader = _principled()
        shader.inputs["Base Color"].default_value = (*colour, 1)
        shader.inputs["Roughness"].default_value = self._chance.between(0.15, 0.7) if roughness is None else roughness
        shader.inputs["Metallic"].default_value = metallic
        if pattern:
            self._add_pattern(material.node_tree, shader, pattern, colour, contrast)
        if glow:
            shader.inputs["Emission Color"].default_value = (*colour, 1)
            self.glows.append(Glow(shader.inputs["Emission Strength"], glow))
        return material

    def any(self) -> bpy.types.Material:
        """Metal, paint, plastic, wood, stone: whatever stands about."""
        chance = self._chance
        if chance.happens(0.15):
            return self.plain(chance.colour(0.4, 0.7, 0.02), chance.between(0.15, 0.45), METAL)
        pattern = chance.one_of((None, None, "noise", "wood", "speckle", "wave"))
        colour = chance.vivid() if chance.happens(0.3) else chance.colour()
        return self.plain(colour, pattern=pattern)

    def glass(self) -> bpy.types.Material:
        material, tree = _material("glass")
        body = tree.nodes.new("ShaderNodeBsdfTransparent")
        body.inputs[0].default_value = GLASS_TINT
        refraction = self._chance.between(1.3, 1.5)
        _polish(tree, body, refraction, self._chance.between(0.02, 0.1))
        return material

    def electrolyte(self) -> bpy.types.Material:
        """A liquid in its bottle or hose, the colour of which changes with the charge."""
        chance = self._chance
        material, shader = _principled()
        shader.inputs["Base Color"].default_value = (*chance.vivid(), 1)
        shader.inputs["Roughness"].default_value = chance.between(0.05, 0.3)
        start, change, end = chance.vivid(), chance.between(0.3, 1), chance.vivid()
        charged = tuple(start * (1 - share) + end * share for share in (0.0, change / 2, change))
        self.electrolytes.append(Electrolyte(shader.inputs["Base Color"], charged))
        return material

    def leak(self) -> bpy.types.Material:
        """A film that tints what is below it, and mirrors."""
        chance = self._chance
        material, tree = _material("leak")
        roughness, kind = chance.between(0.01, 0.2), chance.between(0, 1)
        body = tree.nodes.new("ShaderNodeBsdfTransparent")
        body.inputs[0].default_value = (*self._let_through(kind), 1)
        if kind < COLOURED and chance.happens(CLOUDY):
            body = self._clouded(tree, body)
        _polish(tree, body, ELECTROLYTE_REFRACTION, roughness)
        return material

    def _let_through(self, kind: float) -> np.ndarray:
        """(3,) R, G, B shares of light that pass a leak. kind: 0 to 1, see COLOURED."""
        chance = self._chance
        if kind < COLOURED:
            colour = chance.generator.random(3)
            return np.exp(-chance.between(0.3, 3) * (colour / colour.max()) ** chance.between(0.6, 2))
        if kind < COLOURED_OR_WETTING:
            return np.clip(chance.between(0.45, 0.85) + chance.generator.normal(0, 0.03, 3), 0, 1)
        return np.clip(chance.between(0.85, 0.97) + chance.generator.normal(0, 0.02, 3), 0, 1)

    def _clouded(self, tree: bpy.types.NodeTree, body: bpy.types.Node) -> bpy.types.Node:
        """As `body`, with fine particles in it that give light back."""
        particles = tree.nodes.new("ShaderNodeBsdfDiffuse")
        particles.inputs[0].default_value = (*self._chance.vivid(), 1)
        mixture = tree.nodes.new("ShaderNodeMixShader")
        mixture.inputs[0].default_value = self._chance.between(0.1, 1)
        tree.links.new(body.outputs[0], mixture.inputs[1])
        tree.links.new(particles.outputs[0], mixture.inputs[2])
        return mixture

    def _add_pattern(
        self, tree: bpy.types.NodeTree, shader: bpy.types.Node, pattern: str,
        colour: np.ndarray | tuple[float, float, float], contrast: float,
    ) -> None:
        chance = self._chance
        place, mapping = tree.nodes.new("ShaderNodeTexCoord"), tree.nodes.new("ShaderNodeMapping")
        tree.links.new(place.outputs["Object"], mapping.inputs[0])
        if pattern == "noise":
            texture = _texture(tree, "Noise", Scale=chance.between(5, 150), Detail=chance.between(0, 6))
            share = texture.outputs[0]
        elif pattern == "wood":
            texture = _texture(tree, "Noise", Scale=chance.between(4, 15), Detail=4)
            mapping.inputs["Scale"].default_value = (chance.between(0.3, 1), chance.between(6, 15), 1)
            share = texture.outputs[0]
        elif pattern == "speckle":
            texture = _texture(tree, "Voronoi", Scale=chance.between(60, 250))
            share = texture.outputs["Distance"]
        elif pattern == "tiles":
            texture = _texture(tree, "Brick", Scale=chance.between(2, 8))
            share = texture.outputs["Fac"]
        else:
            texture = _texture(tree, "Wave", Scale=chance.between(10, 60), Distortion=chance.between(0, 30))
            share = texture.outputs["Fac"]
        tree.links.new(mapping.outputs[0], texture.inputs["Vector"])
        other = np.array(colour) * chance.between(1 - contrast, 1 + contrast)
        other = np.clip(other * (1 + chance.generator.normal(0, 0.05, 3)), 0.005, 0.95)
        mixture = tree.nodes.new("ShaderNodeMix")
        mixture.data_type = "RGBA"
        # Of its many sockets these are A, B and the result for colours.
        mixture.inputs[6].default_value, mixture.inputs[7].default_value = (*colour, 1), (*other, 1)
        tree.links.new(share, mixture.inputs[0])
        tree.links.new(mixture.outputs[2], shader.inputs["Base Color"])


def shining_white() -> bpy.types.Material:
    """A surface that is white in any light and without any."""
    material, tree = _material("white")
    shader = tree.nodes.new("ShaderNodeEmission")
    _show(tree, shader)
    return material


def _material(name: str) -> tuple[bpy.types.Material, bpy.types.NodeTree]:
    material = bpy.data.materials.new(name)
    material.use_nodes = True
    material.node_tree.nodes.clear()
    return material, material.node_tree


def _principled() -> tuple[bpy.types.Material, bpy.types.Node]:
    material, tree = _material("plain")
    shader = tree.nodes.new("ShaderNodeBsdfPrincipled")
    _show(tree, shader)
    return material, shader


def _show(tree: bpy.types.NodeTree, shader: bpy.types.Node) -> None:
    output = tree.nodes.new("ShaderNodeOutputMaterial")
    tree.links.new(shader.outputs[0], output.inputs[0])


def _texture(tree: bpy.types.NodeTree, kind: str, **settings: float) -> bpy.types.Node:
    texture = tree.nodes.new(f"ShaderNodeTex{kind}")
    for name, value in settings.items():
        texture.inputs[name].default_value = value
    return texture


def _polish(tree: bpy.types.NodeTree, body: bpy.types.Node, refraction: float, roughness: float) -> None:
    """Show `body` below a surface that mirrors the more the flatter one looks at it (Fresnel)."""
    mirror = tree.nodes.new("ShaderNodeBsdfGlossy")
    mirror.inputs["Roughness"].default_value = roughness
    share = tree.nodes.new("ShaderNodeFresnel")
    share.inputs[0].default_value = refraction
    mixture = tree.nodes.new("ShaderNodeMixShader")
    tree.links.new(share.outputs[0], mixture.inputs[0])
    tree.links.new(body.outputs[0], mixture.inputs[1])
    tree.links.new(mirror.outputs[0], mixture.inputs[2])
    _show(tree, mixture)
