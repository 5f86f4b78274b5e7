public struct Auspex {}
