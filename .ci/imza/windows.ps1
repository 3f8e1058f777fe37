# Builds nes-imza for Windows into var\imza: an installer (MSI) for one user, without administrator.
#   powershell -ExecutionPolicy Bypass -File .ci\imza\windows.ps1
# Needs Python 3.11 or newer (64 bit) on PATH. The MSI is signed by nobody and says so in its name;
# with a code signing certificate: signtool sign /fd SHA256 /tr TIMESTAMP-SERVER /td SHA256 FILE,
# and then take "-unsigned" out of its name.
$ErrorActionPreference = "Stop"
Set-Location (Join-Path $PSScriptRoot "..\..")
$place = "var\pack\windows"
Remove-Item -Recurse -Force $place -ErrorAction SilentlyContinue
function Run { & $args[0] $args[1..($args.Length - 1)]; if ($LASTEXITCODE -ne 0) { throw "failed: $args" } }
Run python -m venv "$place\venv"
$python = "$place\venv\Scripts\python.exe"
# The versions of the lock; cx_Freeze (Python Software Foundation License) is for the build alone.
(Select-String -Path requirements.txt -Pattern '^[a-z0-9-]+==[^ ]+').Matches.Value | Set-Content "$place\lock.txt"
Run $python -m pip install --quiet --disable-pip-version-check -c "$place\lock.txt" ".\signing[desktop]" "cx_Freeze==8.7.3"
Run $python .ci\imza\freeze.py bdist_msi --dist-dir "$place\dist"
$version = (Select-String -Path pyproject.toml -Pattern '^version = "(.+)"').Matches[0].Groups[1].Value
New-Item -ItemType Directory -Force var\imza | Out-Null
$target = "var\imza\nes-imza-$version-windows-x86_64-unsigned.msi"
Copy-Item (Get-ChildItem "$place\dist\*.msi")[0].FullName $target -Force
Get-FileHash $target -Algorithm SHA256
