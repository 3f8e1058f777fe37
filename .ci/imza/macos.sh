#!/bin/sh
# Builds nes-imza for macOS into var/imza: a disk image with the application.
#   sh .ci/imza/macos.sh
# Needs Python 3.11 or newer of python.org on PATH. The image is signed by nobody and says so in its
# name; with a Developer ID: codesign --deep --options runtime --sign ID nes-imza.app before the
# image is made, xcrun notarytool submit FILE, xcrun stapler staple FILE, and then take "-unsigned"
# out of its name. Unsigned, macOS opens it only after "Open anyway" in its security settings.
set -eu
cd "$(dirname "$0")/../.."
place=var/pack/macos
rm -rf "$place"
python3 -m venv "$place/venv"
python=$place/venv/bin/python
# The versions of the lock; cx_Freeze (Python Software Foundation License) is for the build alone.
sed -n 's/^\([a-z0-9-]*==[^ ]*\).*/\1/p' requirements.txt >"$place/lock.txt"
"$python" -m pip install --quiet --disable-pip-version-check -c "$place/lock.txt" \
    './signing[desktop]' 'cx_Freeze==8.7.3'
"$python" .ci/imza/freeze.py bdist_dmg
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
mkdir -p var/imza
target=var/imza/nes-imza-$version-macos-$(uname -m)-unsigned.dmg
cp build/*.dmg "$target"
shasum -a 256 "$target"
