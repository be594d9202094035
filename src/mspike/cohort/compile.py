"""Kernel functions of plain Python, compiled: the same code objects, with the functions they call compiled too.

What is compiled is kept on disk under a key made of the package's version and of the code itself, so that a changed
kernel is never answered by an old one: numba by itself looks at one file only and misses a change in an imported one.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from types import FunctionType
from typing import Any

from mspike import __version__
from mspike.cohort.cache import private_folder

_ROOMS = ("mspike.derive.kernel", "mspike.cohort")
"""Where a function has to live to be compiled; whatever else a kernel calls is numba's own (`len`, `abs`)."""
OPTIONS = {"nogil": True, "error_model": "numpy", "_nrt": False, "forceinline": True}
"""Without the interpreter lock, without a check of every division, without counting references to the columns at every
call (the caller holds them), and as one function: some of the kernel's take a hundred columns."""
_lock = threading.Lock()
_made: dict[FunctionType, Callable[..., Any]] = {}


def compiled(entry: Callable[..., Any], cache: Path | None = None) -> Callable[..., Any]:
    """`entry` compiled with everything it calls; it lets go of the interpreter lock while it runs.

    Made once in a process. `cache`: folder for compiled code (`private_folder` by default); where none can be written,
    the code is compiled anew in each process, which takes some seconds. Raises CacheError for an unsafe folder and
    ModuleNotFoundError without the extra `batch`.
    """
    assert isinstance(entry, FunctionType)
    with _lock:
        if entry not in _made:
            _made[entry] = _compile(entry, private_folder(f"kernels3-{__version__}-{fingerprint(entry)}", cache))
        return _made[entry]


def fingerprint(entry: FunctionType) -> str:
    """Changes when the code of `entry`, of a function it calls, or a constant that one of them uses changes."""
    digest = hashlib.blake2b(digest_size=10)
    for function in _reached(entry):
        code = function.__code__
        constants = [(name, value) for name, value in _used(function) if not isinstance(value, FunctionType)]
        parts = (function.__qualname__, code.co_varnames, code.co_names, code.co_consts, constants)
        digest.update(code.co_code + repr(parts).encode())
    return digest.hexdigest()


def _used(function: FunctionType) -> list[tuple[str, Any]]:
    """The globals that a function names."""
    names = function.__globals__
    return [(name, names[name]) for name in function.__code__.co_names if name in names]


def _called(function: FunctionType) -> list[tuple[str, FunctionType]]:
    """The kernel functions that a function names."""
    return [
        (name, value)
        for name, value in _used(function)
        if isinstance(value, FunctionType) and value.__module__.startswith(_ROOMS)
    ]


def _reached(entry: FunctionType) -> list[FunctionType]:
    """Every kernel function that `entry` can call, itself last, each after those that it calls."""
    order: dict[FunctionType, None] = {}

    def visit(function: FunctionType, above: tuple[FunctionType, ...]) -> None:
        if function in above:
            raise ValueError(f"{function.__module__}.{function.__name__} calls itself; a kernel function may not")
        if function not in order:
            for _, callee in _called(function):
                visit(callee, (*above, function))
            order[function] = None

    visit(entry, ())
    return list(order)


def _compile(entry: FunctionType, folder: Path | None) -> Callable[..., Any]:
    import numba
    from numba.core import types

    njit: Any = numba.njit
    plain: Any = types.unliteral
    made: dict[FunctionType, Any] = {}
    for function in _reached(entry):
        names = function.__globals__ | {name: made[callee] for name, callee in _called(function)}
        twin = FunctionType(function.__code__, names, function.__name__)
        dispatcher = njit(no_cpython_wrapper=True, no_cfunc_wrapper=True, **OPTIONS)(twin)
        # one version for all whole numbers, not one more for each constant that it is called with
        typed = dispatcher.get_call_template
        dispatcher.get_call_template = lambda args, kws, typed=typed: typed([plain(a) for a in args], kws)
        made[function] = dispatcher
    names = globals() | {"entry": made[entry], "bare": _bare()}
    outer = njit(**OPTIONS)(FunctionType(_on_addresses.__code__, names, entry.__name__))
    if folder is not None:  # only what is called from outside is kept; it carries the rest within it
        config: Any = numba.config
        before, config.CACHE_DIR = config.CACHE_DIR, str(folder)
        try:
            outer.enable_caching()
        finally:
            config.CACHE_DIR = before
    result: Callable[..., Any] = outer
    return result


def _on_addresses(*columns: Any) -> Any:
    """What is called from outside; `entry` and `bare` are put in when it is compiled."""
    return entry(*bare(columns))  # type: ignore[name-defined]  # noqa: F821


def _bare() -> Any:
    """For compiled code: a tuple of arrays, numbers and such tuples, with the address of its data for every array.

    A kernel function only ever reads and writes a place that it has counted out itself. So a column goes from one to
    the next as one word: no length, no stride, and no question whether a place is negative.
    """
    from numba.core import cgutils
    from numba.core import types as numba_types
    from numba.extending import intrinsic

    types: Any = numba_types
    unpack: Any = cgutils.unpack_tuple

    def kind(of: Any) -> Any:
        if isinstance(of, types.Array):
            assert (of.layout, of.ndim) == ("C", 1), "a column lies in one piece"
            return types.CPointer(of.dtype)
        return types.BaseTuple.from_types([kind(part) for part in of]) if isinstance(of, types.BaseTuple) else of

    def turn(context: Any, builder: Any, of: Any, value: Any) -> Any:
        if isinstance(of, types.Array):
            return context.make_array(of)(context, builder, value).data
        if isinstance(of, types.BaseTuple):
            parts = unpack(builder, value, len(of))
            turned = [turn(context, builder, one, part) for one, part in zip(of, parts, strict=True)]
            return context.make_tuple(builder, kind(of), turned)
        return value

    @intrinsic
    def bare(typing: Any, columns: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, args: Any) -> Any:
            return turn(context, builder, signature.args[0], args[0])

        return kind(columns)(columns), code

    return bare
