"""The process that draws: a Vega-Lite specification in, its SVG out, each as one line of JSON.

Run by `app.charts` as a script of its own, isolated and without the service's environment: it knows no settings,
imports nothing of the service, and is let reach no address.
"""

import json
import sys
from typing import BinaryIO

VEGA_LITE = "6.4"


def serve(specs: BinaryIO, drawn: BinaryIO) -> None:
    """Draw one after the other until there is no more."""
    import fontpkg_ibm_plex_sans_arabic
    import vl_convert

    vl_convert.register_font_directory(str(fontpkg_ibm_plex_sans_arabic.ROOT / "files"))
    for line in specs:
        try:
            said = {"svg": vl_convert.vegalite_to_svg(line.decode(), VEGA_LITE, allowed_base_urls=[])}
        except ValueError as fault:
            said = {"fault": str(fault)[:1000]}
        drawn.write(json.dumps(said).encode() + b"\n")
        drawn.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
