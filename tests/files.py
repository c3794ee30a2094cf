"""Small files for tests, made here byte by byte: web pages, PDFs and Word documents, all plainly fictional."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape

PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="{charset}"><title>The bridge is open - The Weekly Bridge</title>
<meta name="author" content="Ada Lund"><meta property="og:site_name" content="The Weekly Bridge">
<meta property="article:published_time" content="2020-05-01T10:00:00Z">
<link rel="canonical" href="https://example.org/bridge">
<style>p {{ color: red }}</style><script>var hidden = "never read";</script></head>
<body><nav><a href="/">Home</a></nav>
<article><h1>The bridge is open</h1>
<p>Anna&nbsp;said the bridge was <b>op</b>en.<br>Boris &amp; Carla denied it, said the caf&eacute;.</p><!-- not read -->
<p>The mayor would not say &#8212; “why”. {words}</p>
<ul><li>One lorry</li><li>Two lorries</li></ul>
<table><tr><td>north</td><td>3</td></tr><tr><td>south</td><td>5</td></tr></table>
</article><footer>All rights reserved</footer></body></html>"""


def make_page(words: str = "", charset: str = "utf-8") -> str:
    """Return a web page."""
    return PAGE.format(charset=charset, words=words)


def make_pdf(pages: Sequence[Sequence[str]], info: str = "") -> bytes:
    """Return a PDF whose pages have these lines, in Latin letters; an empty page is a scan."""
    objects = [
        "<< /Type /Catalog /Pages 2 0 R /Lang (en) >>",
        "",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    kids = []
    for lines in pages:
        words = "".join(f"({line}) Tj T* " for line in lines)
        stream = f"BT /F1 12 Tf 14 TL 72 720 Td {words}ET" if lines else ""
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        font = "<< /Font << /F1 3 0 R >> >>"
        page = f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {len(objects)} 0 R /Resources {font} >>"
        objects.append(page)
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    objects.append(f"<< {info} >>")
    body, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer\n<< /Size {size} /Root 1 0 R /Info {size - 1} 0 R >>\n"
    return f"{body}{end}startxref\n{len(body)}\n%%EOF\n".encode("latin-1")


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def paragraph(*runs: str) -> str:
    """Return a paragraph of Word's XML; a run that begins with < is taken as XML."""
    inner = "".join(r if r.startswith("<") else f'<w:r><w:t xml:space="preserve">{escape(r)}</w:t></w:r>' for r in runs)
    return f"<w:p>{inner}</w:p>"


def make_docx(body: str, *, notes: str = "", main: str = MAIN, further: Mapping[str, bytes] | None = None) -> bytes:
    """Return a Word document with this XML in its body, and this in its footnotes."""
    types = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    types += '<Default Extension="xml" ContentType="application/xml"/>'
    types += f'<Override PartName="/word/document.xml" ContentType="{main}"/>'
    links = ""
    parts: dict[str, bytes] = {}
    if notes:
        links = f'<Relationship Id="r1" Type="{_RELATIONS}/footnotes" Target="footnotes.xml"/>'
        parts["word/footnotes.xml"] = f"<w:footnotes {W}><w:footnote>{notes}</w:footnote></w:footnotes>".encode()
    parts |= {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">{types}</Types>'.encode(),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1" '
            f'Type="{_RELATIONS}/officeDocument" Target="word/document.xml"/></Relationships>'
        ).encode(),
        "word/_rels/document.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{links}</Relationships>'.encode()
        ),
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>".encode(),
    }
    return make_zip(parts | dict(further or {}))


def make_zip(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive with these entries."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return held.getvalue()
