#!/bin/sh
# Installs Archbridge for the person who runs this: without network, without root. `sh install.sh --help` tells the options.
set -eu

case "${LC_ALL:-${LC_MESSAGES:-${LANG:-}}}" in
zh*) say() { echo "$2"; } ;;
*) say() { echo "$1"; } ;;
esac

usage() {
  say "sh install.sh [--prefix FOLDER]          installs or upgrades (default: ~/.local)
sh install.sh --uninstall [--purge]      removes it; --purge: runs, reports and settings, too" \
    "sh install.sh [--prefix 文件夹]          安装或升级（默认：~/.local）
sh install.sh --uninstall [--purge]      卸载；--purge：同时删除运行记录、报告和设置"
}

fail() {
  say "$1" "$2" >&2
  exit 2
}

prefix='' uninstall='' purge=''
while [ $# -gt 0 ]; do
  case $1 in
  --prefix)
    [ $# -gt 1 ] || fail "--prefix needs a folder." "--prefix 需要一个文件夹。"
    prefix=$2
    shift
    ;;
  --prefix=*) prefix=${1#--prefix=} ;;
  --uninstall) uninstall=yes ;;
  --purge) purge=yes ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
  esac
  shift
done

from=$(cd "$(dirname "$0")" && pwd)
if [ -n "$prefix" ]; then
  case $prefix in /*) ;; *) prefix=$PWD/$prefix ;; esac
  data=$prefix/share
elif [ -f "$from/.made" ]; then
  # the installed copy of this file knows where it was installed
  prefix=$(dirname "$(dirname "$from")")
  data=$(cat "$from/.data")
else
  prefix=$HOME/.local
  data=${XDG_DATA_HOME:-$HOME/.local/share}
fi
program=$prefix/lib/archbridge
command=$prefix/bin/archbridge
menu=$data/applications/archbridge.desktop

# Removes files and the folders that the installation had to make, where these are empty.
remove() {
  made=$(cat "$program/.made")
  [ ! -L "$command" ] || rm -f "$command"
  rm -f "$menu"
  rm -rf "$program"
  echo "$made" | while IFS= read -r folder; do
    [ -z "$folder" ] || rmdir "$folder" 2>/dev/null || true
  done
}

state=${ARCHBRIDGE_STATE_DIR:-}
if [ -z "$state" ]; then
  case $(uname -s) in
  Darwin) state="$HOME/Library/Application Support/archbridge" ;;
  *) state=${XDG_STATE_HOME:-$HOME/.local/state}/archbridge ;;
  esac
fi

if [ -n "$uninstall" ]; then
  [ -f "$program/.made" ] || fail "Archbridge is not installed in $prefix." "$prefix 中没有安装 Archbridge。"
  [ -z "$purge" ] || rm -rf "$state"
  remove
  if [ -n "$purge" ]; then
    # the program made these folders; where anything else is in them, they stay
    above=$(dirname "$state")
    while [ "${above#"$HOME"/}" != "$above" ] && rmdir "$above" 2>/dev/null; do above=$(dirname "$above"); done
  fi
  say "Archbridge was removed from $prefix." "已从 $prefix 卸载 Archbridge。"
  if [ -d "$state" ]; then
    say "Runs, reports and settings stay in $state." "运行记录、报告和设置保留在 $state。"
  fi
  exit 0
fi

[ -f "$from/program/archbridge.mjs" ] || fail "Run install.sh in the unpacked archive." "请在解压后的目录中运行 install.sh。"
if command -v sha512sum >/dev/null; then
  check='sha512sum -c'
elif command -v shasum >/dev/null; then
  check='shasum -a 512 -c'
else
  check=''
  say "Neither sha512sum nor shasum is here: the files are not checked." "没有 sha512sum 或 shasum：不检查文件。"
fi
if [ -n "$check" ] && ! damaged=$(cd "$from" && $check SHA512SUMS 2>&1); then
  echo "$damaged" | grep -v ': OK$' >&2 || true
  fail "The archive is damaged; nothing was installed. Copy it again." "安装包已损坏；未安装任何内容。请重新复制。"
fi
# tells what is missing before anything is written
sh "$from/program/bin/archbridge" --version >/dev/null

if [ -e "$command" ] || [ -L "$command" ]; then
  case $(readlink "$command" 2>/dev/null || true) in
  ../lib/archbridge/*) ;;
  *) fail "$command is there and belongs to something else." "$command 已存在，且不属于本程序。" ;;
  esac
fi

made=''
# Makes a folder and the folders above it, and remembers those that were not there, the innermost first.
make_folder() {
  [ -d "$1" ] && return
  make_folder "$(dirname "$1")"
  mkdir "$1"
  made="$1
$made"
}
make_folder "$prefix/lib"
make_folder "$prefix/bin"
make_folder "$data/applications"
[ ! -f "$program/.made" ] || made="$made
$(cat "$program/.made")"

# the former version stays whole until the new one is
rm -rf "$program.new" "$program.old"
cp -R "$from/program" "$program.new"
cp "$from/install.sh" "$program.new/install.sh"
chmod -R u+w "$program.new"
chmod +x "$program.new/bin/archbridge"
[ ! -f "$program.new/runtime/node" ] || chmod +x "$program.new/runtime/node"
echo "$made" >"$program.new/.made"
echo "$data" >"$program.new/.data"
[ ! -d "$program" ] || mv "$program" "$program.old"
mv "$program.new" "$program"
rm -rf "$program.old"
ln -sf ../lib/archbridge/bin/archbridge "$command"

quoted=$(echo "$program" | sed 's/%/%%/g')
if [ -x "$program/desktop/archbridge" ]; then
  run="\"$quoted/desktop/archbridge\" %F" terminal=false
else
  run="\"$quoted/bin/archbridge\" serve" terminal=true
fi
cat >"$menu" <<END
[Desktop Entry]
Type=Application
Name=Archbridge
Comment=Import offline packages so that every image tag serves every architecture
Comment[zh_CN]=导入离线安装包，让每个镜像标签支持所有架构
Exec=$run
Icon=$program/archbridge.svg
Terminal=$terminal
Categories=Development;
Actions=documentation;

[Desktop Action documentation]
Name=Documentation
Name[zh_CN]=文档
Exec=xdg-open "$quoted/dist/docs/index.html"
END

version=$("$command" --version)
say "Archbridge $version is installed in $program." "Archbridge $version 已安装到 $program。"
say "In the menu: Archbridge. In a terminal: archbridge --help" "应用菜单：Archbridge。终端：archbridge --help"
case ":$PATH:" in
*":$prefix/bin:"*) ;;
*)
  say "$prefix/bin is not on PATH: log in again, or call $command" \
    "$prefix/bin 不在 PATH 中：请重新登录，或使用 $command"
  ;;
esac
say "To remove it: sh $program/install.sh --uninstall" "卸载：sh $program/install.sh --uninstall"
