"""The headers of answers and requests that the contract knows for the whole service, each described once."""

from typing import Any

Json = dict[str, Any]

HEADERS: Json = {
    # Named here as they are on the wire, so that a reader of the file needs no second table.
    "X-Request-Id": {
        "description": "Names this request in the service's records.",
        "schema": {"type": "string", "maxLength": 64, "pattern": "^[A-Za-z0-9._-]+$"},
    },
    "RateLimit": {
        "description": "What is left of the quota, where one applies (draft-ietf-httpapi-ratelimit-headers).",
        "schema": {"type": "string", "maxLength": 200, "pattern": '^"[a-z0-9_-]+";[a-z0-9=;"-]+$'},
    },
    "RateLimit-Policy": {
        "description": "The quota and its window, where one applies.",
        "schema": {"type": "string", "maxLength": 200, "pattern": '^"[a-z0-9_-]+";[a-z0-9=;"-]+$'},
    },
    "Access-Control-Allow-Origin": {
        "description": "Sent to a browser page of another origin that this installation allows.",
        "schema": {"type": "string", "maxLength": 300, "pattern": r"^(\*|https?://[^\s]+)$"},
    },
    "Content-Language": {
        "description": "The language of titles and messages in the answer.",
        "schema": {"type": "string", "enum": ["ar", "en"]},
    },
    "ETag": {
        "description": "Version of the resource and hash of this answer; send it back in If-Match.",
        "schema": {"type": "string", "maxLength": 100, "pattern": r'^"[0-9]+\.[A-Za-z0-9_-]+"$'},
    },
    "Location": {
        "description": "Where the new resource is.",
        "schema": {"type": "string", "format": "uri-reference", "maxLength": 2000},
    },
    "Retry-After": {
        "description": "Seconds to wait before the next try.",
        "schema": {"type": "integer", "format": "int32", "minimum": 0, "maximum": 86400},
    },
    "Tus-Resumable": {
        "description": "The version of the tus protocol that is spoken here.",
        "schema": {"type": "string", "enum": ["1.0.0"]},
    },
    "Tus-Version": {
        "description": "The versions of the tus protocol that are spoken here.",
        "schema": {"type": "string", "enum": ["1.0.0"]},
    },
    "Tus-Extension": {
        "description": "The extensions of the tus protocol that are spoken here, separated by commas.",
        "schema": {"type": "string", "maxLength": 200, "pattern": "^[a-z-]+(,[a-z-]+)*$"},
    },
    "Tus-Max-Size": {
        "description": "The largest file, in bytes.",
        "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 1_073_741_824},
    },
    "Tus-Checksum-Algorithm": {
        "description": "The algorithms of Upload-Checksum, separated by commas.",
        "schema": {"type": "string", "maxLength": 100, "pattern": "^[a-z0-9]+(,[a-z0-9]+)*$"},
    },
    "Upload-Offset": {
        "description": "The bytes of the file that have been received.",
        "schema": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 1_073_741_824},
    },
    "Upload-Length": {
        "description": "The size of the whole file in bytes.",
        "schema": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 1_073_741_824},
    },
    "Upload-Metadata": {
        "description": "As it was sent when the upload was begun; absent when nothing was.",
        "schema": {"type": "string", "maxLength": 4000, "pattern": "^[ -~]*$"},
    },
    "Upload-Expires": {
        "description": "When the upload ends unless more bytes come (RFC 9110, section 5.6.7).",
        "schema": {"type": "string", "maxLength": 29, "pattern": "^[A-Z][a-z]{2}, .* GMT$"},
    },
    "WWW-Authenticate": {
        "description": "How to sign in (RFC 6750, section 3).",
        "schema": {"type": "string", "maxLength": 300, "pattern": "^Bearer.*$"},
    },
}
FILE_HEADERS: Json = {
    # Of an answer that is a file, not JSON.
    "ETag": {
        "description": "SHA-256 of the file's bytes, hexadecimal; send it back in If-None-Match or If-Range.",
        "schema": {"type": "string", "maxLength": 66, "pattern": '^"[0-9a-f]{64}"$'},
    },
    "Accept-Ranges": {
        "description": "That a part of the file can be asked for (RFC 9110, section 14.3).",
        "schema": {"type": "string", "enum": ["bytes"]},
    },
    "Content-Disposition": {
        "description": "That the file is saved, never opened as a page, and what it is called (RFC 6266, RFC 8187).",
        "schema": {"type": "string", "maxLength": 4000, "pattern": r"^attachment; [\x20-\x7e]+$"},
    },
    "Content-Range": {
        "description": "Which part of the file this is, or how long it is (RFC 9110, section 14.4).",
        "schema": {"type": "string", "maxLength": 80, "pattern": r"^bytes ([0-9]+-[0-9]+|\*)/[0-9]+$"},
    },
    "Content-Security-Policy": {
        "description": "That nothing in the file may load or run.",
        "schema": {"type": "string", "enum": ["default-src 'none'; sandbox"]},
    },
}
ON_EVERY_ANSWER = ("X-Request-Id", "RateLimit", "RateLimit-Policy", "Access-Control-Allow-Origin")

ACCEPT_LANGUAGE: Json = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of titles and messages, Arabic or English (RFC 9110, section 12.5.4).",
    "required": False,
    "schema": {"type": "string", "maxLength": 200, "pattern": "^[A-Za-z0-9*;=., -]*$"},
    "example": "ar",
}
