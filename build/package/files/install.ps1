# Installs Archbridge for the person who runs this: without network, without administrator rights.
#   powershell -ExecutionPolicy Bypass -File install.ps1 [-Prefix FOLDER] [-Uninstall [-Purge]]
param(
  [string] $Prefix = (Join-Path $env:LOCALAPPDATA 'Programs'),
  [switch] $Uninstall,
  [switch] $Purge
)
$ErrorActionPreference = 'Stop'
$chinese = (Get-Culture).Name -like 'zh*'
function Say([string] $english, [string] $other) { if ($chinese) { Write-Host $other } else { Write-Host $english } }

$program = Join-Path $Prefix 'Archbridge'
$bin = Join-Path $program 'bin'
$menu = Join-Path ([Environment]::GetFolderPath('Programs')) 'Archbridge.lnk'
$state = if ($env:ARCHBRIDGE_STATE_DIR) { $env:ARCHBRIDGE_STATE_DIR } else { Join-Path $env:LOCALAPPDATA 'archbridge' }
function PathParts { @(([Environment]::GetEnvironmentVariable('Path', 'User') -split ';') | Where-Object { $_ -and $_ -ne $bin }) }

if ($Uninstall) {
  if (-not (Test-Path (Join-Path $program 'archbridge.mjs'))) {
    Say "Archbridge is not installed in $program." "$program 中没有安装 Archbridge。"
    exit 2
  }
  if ($Purge -and (Test-Path $state)) { Remove-Item -Recurse -Force $state }
  if (Test-Path $menu) { Remove-Item -Force $menu }
  [Environment]::SetEnvironmentVariable('Path', ((PathParts) -join ';'), 'User')
  Remove-Item -Recurse -Force $program
  Say "Archbridge was removed from $program." "已从 $program 卸载 Archbridge。"
  if (Test-Path $state) { Say "Runs, reports and settings stay in $state." "运行记录、报告和设置保留在 $state。" }
  exit 0
}

$from = $PSScriptRoot
if (-not (Test-Path (Join-Path $from 'program\archbridge.mjs'))) {
  Say 'Run install.ps1 in the unpacked archive.' '请在解压后的目录中运行 install.ps1。'
  exit 2
}
foreach ($line in Get-Content -Encoding UTF8 (Join-Path $from 'SHA512SUMS')) {
  $wanted, $name = $line -split '  ', 2
  $file = Join-Path $from $name
  if (-not (Test-Path -LiteralPath $file) -or (Get-FileHash -Algorithm SHA512 -LiteralPath $file).Hash -ne $wanted) {
    Say "${name}: the archive is damaged; nothing was installed. Copy it again." "${name}：安装包已损坏；未安装任何内容。请重新复制。"
    exit 2
  }
}
& (Join-Path $from 'program\bin\archbridge.cmd') --version | Out-Null
if ($LASTEXITCODE -ne 0) { exit 2 }

# the former version stays whole until the new one is
$next = "$program.new"
$old = "$program.old"
foreach ($folder in $next, $old) { if (Test-Path $folder) { Remove-Item -Recurse -Force $folder } }
New-Item -ItemType Directory -Force $Prefix | Out-Null
Copy-Item -Recurse (Join-Path $from 'program') $next
Copy-Item (Join-Path $from 'install.ps1') $next
if (Test-Path $program) { Rename-Item $program $old }
Rename-Item $next $program
if (Test-Path $old) { Remove-Item -Recurse -Force $old }

$shortcut = (New-Object -ComObject WScript.Shell).CreateShortcut($menu)
$desktop = Join-Path $program 'desktop\Archbridge.exe'
if (Test-Path $desktop) {
  $shortcut.TargetPath = $desktop
} else {
  $shortcut.TargetPath = Join-Path $bin 'archbridge.cmd'
  $shortcut.Arguments = 'serve'
}
$shortcut.WorkingDirectory = [Environment]::GetFolderPath('UserProfile')
$shortcut.Save()
[Environment]::SetEnvironmentVariable('Path', ((@(PathParts) + $bin) -join ';'), 'User')

$version = & (Join-Path $bin 'archbridge.cmd') --version
Say "Archbridge $version is installed in $program." "Archbridge $version 已安装到 $program。"
Say 'In the Start menu: Archbridge. In a new terminal: archbridge --help' '开始菜单：Archbridge。新终端：archbridge --help'
Say "To remove it: powershell -ExecutionPolicy Bypass -File `"$program\install.ps1`" -Uninstall" "卸载：powershell -ExecutionPolicy Bypass -File `"$program\install.ps1`" -Uninstall"
