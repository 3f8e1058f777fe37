"""How the window looks: colours of at least 4.5 : 1, a visible focus, letters of any size."""

from __future__ import annotations

from pathlib import Path

ARROW = Path(__file__).with_name("arrow.svg")

BASE = 15
"""Pixels of the letters at 100 %."""

_SHEET = """
* {{ font-family: "DejaVu Sans", "Segoe UI", "Helvetica Neue", sans-serif; font-size: {base}px;
     color: #16202c; }}
QMainWindow, QScrollArea, QWidget#page, QWidget#bar, QWidget#footer {{ background: #ffffff; }}
QWidget#bar {{ background: #0b4f5a; }}
QWidget#bar QLabel {{ color: #ffffff; background: transparent; }}
QWidget#footer {{ background: #eef2f6; border-top: 1px solid #8796a5; }}
QScrollArea {{ border: none; }}
QLabel#heading {{ font-size: {heading}px; font-weight: bold; }}
QLabel#name {{ color: #44515f; }}
QLabel#value {{ font-weight: bold; }}
QLabel#hint {{ color: #44515f; }}
QLabel#mono {{ font-family: "DejaVu Sans Mono", monospace; font-weight: bold; }}
QLabel#notice {{ background: #fff4d6; border: 1px solid #7a5200; border-radius: 4px;
    padding: 10px; }}
QLabel#alarm {{ background: #fde8e8; border: 2px solid #9b1c1c; border-radius: 4px;
    padding: 10px; font-weight: bold; }}
QPushButton {{ background: #ffffff; border: 2px solid #0b4f5a; border-radius: 4px;
    padding: 7px 16px; min-height: 24px; color: #0b4f5a; }}
QPushButton:hover {{ background: #e3f1f3; }}
QPushButton#primary {{ background: #0b4f5a; color: #ffffff; font-weight: bold; }}
QPushButton#primary:hover {{ background: #073a42; }}
QPushButton:disabled, QPushButton#primary:disabled {{ background: #dde3e9; color: #5b6672;
    border-color: #8796a5; }}
QPushButton#small {{ background: transparent; color: #ffffff; border: 1px solid #ffffff;
    padding: 3px 10px; }}
QPushButton#small:hover {{ background: #073a42; }}
QPushButton#word-key {{ min-width: 64px; min-height: 44px; padding: 2px 6px; }}
QPushButton#key {{ font-size: {heading}px; min-width: 64px; min-height: 44px; padding: 2px; }}
QLineEdit, QComboBox, QPlainTextEdit, QListWidget, QTabWidget::pane {{ background: #ffffff;
    border: 2px solid #5b6672; border-radius: 4px; padding: 6px; }}
QLineEdit, QComboBox {{ min-height: 26px; }}
QLineEdit#code, QLineEdit#pin {{ font-family: "DejaVu Sans Mono", monospace;
    font-size: {heading}px; }}
QLabel#success {{ background: #e2f4e6; border: 1px solid #1c6b34; border-radius: 4px;
    padding: 10px; font-weight: bold; }}
QLabel#paper {{ border: 1px solid #5b6672; background: #ffffff; }}
QComboBox::drop-down {{ border: none; width: 32px; }}
QComboBox::down-arrow {{ image: url("{arrow}"); width: 16px; height: 16px; }}
QComboBox QAbstractItemView {{ background: #ffffff; selection-background-color: #cfe8ec;
    selection-color: #16202c; }}
QScrollArea#reading {{ border: 2px solid #ffffff; }}
QScrollArea#reading:focus {{ border: 3px solid #b45309; }}
QListWidget {{ outline: 0; }}
QListWidget::item {{ padding: 8px; color: #16202c;
    border: 2px solid #c3ccd5; margin-bottom: 4px; }}
QListWidget::item:selected {{ background-color: #cfe8ec; color: #16202c;
    border: 2px solid #0b4f5a; }}
QListWidget::item:disabled {{ color: #5b6672; }}
QTabBar::tab {{ padding: 7px 16px; background: #dde3e9; border: 1px solid #8796a5; }}
QTabBar::tab:selected {{ background: #ffffff; font-weight: bold; }}
QRadioButton {{ padding: 4px; min-height: 24px; background: transparent; }}
QRadioButton::indicator {{ width: 8px; height: 8px; border: 5px solid #ffffff; border-radius: 9px;
    background: #ffffff; }}
QRadioButton::indicator:unchecked {{ border: 2px solid #5b6672; width: 14px; height: 14px; }}
QRadioButton::indicator:checked {{ border: 5px solid #0b4f5a; }}
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus, QListWidget:focus,
QPushButton:focus {{ border: 3px solid #b45309; }}
QPushButton#small:focus {{ border: 3px solid #ffbf47; }}
QTabBar::tab:focus, QRadioButton:focus {{ border: 2px solid #b45309; }}
"""


def sheet(scale: int) -> str:
    """Give the style sheet with letters of `scale` per cent."""
    base = BASE * scale // 100
    return _SHEET.format(arrow=ARROW.as_posix(), base=base, heading=base * 3 // 2)
