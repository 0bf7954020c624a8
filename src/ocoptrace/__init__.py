"""Signed origin records and QR stickers for OCOP products."""
