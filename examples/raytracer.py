"""A small ray tracer: spheres and a chequered floor, shadows, reflections, drawn with characters.

    limpid examples/raytracer.py [WIDTH [HEIGHT]]

It uses what ordinary programs use: classes with operators, properties and slots, generators, exceptions, closures,
dataclass-like records, formatting, sorting and a cache.
"""

import math
import sys
import time

SHADES = " .:-=+*#%@"


class Vector:
    """A point or direction in space; immutable by convention."""

    __slots__ = ("x", "y", "z")

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y, self.z - other.z)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor, self.z * factor)

    __rmul__ = __mul__

    def __neg__(self):
        return Vector(-self.x, -self.y, -self.z)

    def __eq__(self, other):
        if not isinstance(other, Vector):
            return NotImplemented
        return (self.x, self.y, self.z) == (other.x, other.y, other.z)

    def __hash__(self):
        return hash((self.x, self.y, self.z))

    def __repr__(self):
        return f"Vector({self.x:.3g}, {self.y:.3g}, {self.z:.3g})"

    def dot(self, other):
        return self.x * other.x + self.y * other.y + self.z * other.z

    @property
    def length(self):
        return math.sqrt(self.dot(self))

    def unit(self):
        length = self.length
        if length == 0:
            raise ZeroDivisionError("a zero vector has no direction")
        return self * (1 / length)

    def mirrored(self, normal):
        return self - normal * (2 * self.dot(normal))


class Ray:
    def __init__(self, start, direction):
        self.start = start
        self.direction = direction

    def at(self, distance):
        return self.start + self.direction * distance


class Surface:
    """What all shapes share: how they look."""

    count = 0

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        Surface.kinds = getattr(Surface, "kinds", ()) + (cls.__name__,)

    def __init__(self, brightness, mirror=0.0):
        self.brightness = brightness
        self.mirror = mirror
        Surface.count += 1

    def hit(self, ray):
        raise NotImplementedError(f"{type(self).__name__} cannot be hit")

    def normal(self, point):
        raise NotImplementedError

    def brightness_at(self, point):
        return self.brightness


class Sphere(Surface):
    def __init__(self, centre, radius, brightness, mirror=0.0):
        super().__init__(brightness, mirror)
        self.centre = centre
        self.radius = radius

    def hit(self, ray):
        """The distance along the ray, or None."""
        to_centre = ray.start - self.centre
        b = to_centre.dot(ray.direction)
        c = to_centre.dot(to_centre) - self.radius ** 2
        discriminant = b * b - c
        if discriminant < 0:
            return None
        root = math.sqrt(discriminant)
        for distance in (-b - root, -b + root):
            if distance > 1e-4:
                return distance
        return None

    def normal(self, point):
        return (point - self.centre).unit()


class Floor(Surface):
    UP = Vector(0, 1, 0)

    def __init__(self, height, dark, bright, mirror=0.0):
        super().__init__(bright, mirror)
        self.height = height
        self.dark = dark

    def hit(self, ray):
        try:
            distance = (self.height - ray.start.y) / ray.direction.y
        except ZeroDivisionError:
            return None
        return distance if distance > 1e-4 else None

    def normal(self, point):
        return self.UP

    def brightness_at(self, point):
        even = (math.floor(point.x) + math.floor(point.z)) % 2 == 0
        return self.brightness if even else self.dark


class Scene:
    def __init__(self, shapes, light, sky=0.35):
        self.shapes = list(shapes)
        self.light = light.unit()
        self.sky = sky
        self.rays = 0

    def nearest(self, ray):
        """(distance, shape) of the first thing that the ray meets, or None."""
        self.rays += 1
        found = [(distance, i) for i, shape in enumerate(self.shapes) if (distance := shape.hit(ray)) is not None]
        if not found:
            return None
        distance, i = min(found)
        return distance, self.shapes[i]

    def brightness(self, ray, depth=3):
        match self.nearest(ray):
            case None:
                return self.sky * (0.5 + 0.5 * max(ray.direction.y, 0))
            case (distance, shape):
                point = ray.at(distance)
        normal = shape.normal(point)
        value = 0.15
        if self.nearest(Ray(point, self.light)) is None:
            value += 0.85 * max(normal.dot(self.light), 0)
        value *= shape.brightness_at(point)
        if shape.mirror and depth > 0:
            reflected = self.brightness(Ray(point, ray.direction.mirrored(normal)), depth - 1)
            value = (1 - shape.mirror) * value + shape.mirror * reflected
        return value


def rays(width, height, eye):
    """The rays of all picture points, row by row: a generator of generators."""
    for row in range(height):
        y = 1 - 2 * (row + 0.5) / height
        yield (
            Ray(eye, Vector((2 * (column + 0.5) / width - 1) * 1.6, y - 0.1, 2).unit())
            for column in range(width)
        )


def make_scene():
    def ring(n, radius, height):
        for i in range(n):
            angle = 2 * math.pi * i / n
            yield Vector(radius * math.cos(angle), height, 4.5 + radius * math.sin(angle))

    balls = [Sphere(Vector(0, 0.25, 4.5), 1.1, 1.0, mirror=0.5)]
    balls += [Sphere(centre, 0.33, 0.75 + 0.04 * i, mirror=0.1) for i, centre in enumerate(ring(6, 1.9, -0.5))]
    return Scene([*balls, Floor(-0.9, 0.25, 0.95, mirror=0.2)], light=Vector(-1, 1.4, -1))


def character(value, cache={}):
    level = round(value * (len(SHADES) - 1))
    return cache.setdefault(level, SHADES[max(0, min(level, len(SHADES) - 1))])


def main(argv):
    try:
        width, height = (int(text) for text in (argv + ["76", "30"][len(argv):])[:2])
    except ValueError as error:
        print(f"not a number: {error}", file=sys.stderr)
        return 2
    scene = make_scene()
    started = time.perf_counter()
    used = {}
    for row in rays(width, height, Vector(0, 0.4, -1.5)):
        line = "".join(character(scene.brightness(ray)) for ray in row)
        for shade in line:
            used[shade] = used.get(shade, 0) + 1
        print(line)
    seconds = time.perf_counter() - started
    commonest = sorted(used.items(), key=lambda pair: (-pair[1], pair[0]))[:3]
    print(f"{scene.rays:,} rays, {Surface.count} shapes of {len(Surface.kinds)} kinds ({', '.join(Surface.kinds)}), "
          f"{seconds:.2f} s; commonest: " + ", ".join(f"{shade!r} {count}" for shade, count in commonest))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
