from typing import Any

class EdnError(ValueError):
    line: int

def read_edn(text: bytes) -> list[tuple[int, Any]]: ...
