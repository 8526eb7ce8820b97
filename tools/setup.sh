#!/bin/sh
# Makes .venv ready and says nothing when it already is.
#
#   tools/setup.sh run    what csat needs to run       (requirements.txt)
#   tools/setup.sh dev    what its tests and checks need besides (requirements-dev.txt)
#
# Packages come from wherever pip is configured to look, each checked against its hash. PYTHON names
# the interpreter; without it the first Python >= 3.11 found is taken.
set -eu

level=${1:-run}
case $level in
run) requirements="requirements.txt" ;;
dev) requirements="requirements-dev.txt" ;;
*) echo "usage: tools/setup.sh run|dev" >&2 && exit 2 ;;
esac

root=$(cd "$(dirname "$0")/.." && pwd -P)
cd "$root"
venv=$root/.venv
unfinished=$venv/.unfinished

say() { printf '%s\n%s\n' "$1" "$2" >&2; }

stop() {
    say "$1" "$2"
    [ -z "${3:-}" ] || printf '\n    %s\n\n' "$3" >&2
    exit 1
}

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }

find_python() {
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11 python3.14}; do
        if recent_enough "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    stop "需要 Python 3.11 或更高版本，未找到。请安装后重试，或用 PYTHON=/path/to/python3 指定。" \
        "Python 3.11 or newer is needed and was not found. Install it, or point to it: make PYTHON=/path/to/python3 …"
}

# An environment that was moved, left half made or orphaned by a system upgrade is not usable. One that
# somebody else made here is.
usable() {
    [ ! -e "$unfinished" ] && grep -qsF "$venv" "$venv/bin/activate" &&
        "$venv/bin/python" -I -c 'import pip' 2>/dev/null && recent_enough "$venv/bin/python" &&
        { [ -z "${PYTHON:-}" ] || [ "$("$venv/bin/python" -V)" = "$("$python" -V)" ]; }
}

# The names WeasyPrint loads at run time, so what is found here is what it will find.
missing_libraries() {
    "$python" - <<'EOF'
import ctypes, sys
mac = sys.platform == "darwin"
for name, number in (("pango-1.0", "0"), ("pangoft2-1.0", "0"), ("harfbuzz-subset", "0")):
    try:
        ctypes.CDLL(f"lib{name}.{number}.dylib" if mac else f"lib{name}.so.{number}")
    except OSError:
        print(name)
EOF
}

debian_packages() {
    for library in $(missing_libraries); do
        case $library in
        # Until HarfBuzz 6 the subsetter was part of libharfbuzz0b, which Pango brings along.
        harfbuzz-subset) ! apt_knows libpango-1.0-0 || apt_knows libharfbuzz-subset0 || continue ;;
        esac
        case $library in
        harfbuzz-subset) echo libharfbuzz-subset0 ;;
        *) echo "lib$library-0" ;;
        esac
    done
    # Debian keeps ensurepip, without which there is no pip in a new environment, in a package of its own.
    usable || "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
}

apt_knows() { apt-cache show "$1" >/dev/null 2>&1; }

apt_install() {
    log=$(mktemp)
    # One third-party source that does not answer must not stop what the others can give.
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq update >"$log" 2>&1 || true
    if ! $as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
        "$@" >>"$log" 2>&1; then
        cat "$log" >&2
        rm -f "$log"
        stop "系统软件包安装失败（见上）。请修复后运行：" \
            "The system packages could not be installed (see above). Repair that, then run:" \
            "apt-get install -y $*"
    fi
    rm -f "$log"
}

system_packages() {
    if ! command -v apt-get >/dev/null; then
        other_system
        return
    fi
    packages=$(debian_packages | tr '\n' ' ')
    packages=${packages% }
    [ -n "$packages" ] || return 0
    if [ "$(id -u)" = 0 ]; then
        as_root=
    elif sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        command="apt-get install -y $packages"
        apt_knows libpango-1.0-0 || command="apt-get update && $command"
        if ! command -v sudo >/dev/null; then
            command="su - -c '$command'"
        elif [ "${command#*&&}" != "$command" ]; then
            command="sudo sh -c '$command'"
        else
            command="sudo $command"
        fi
        stop "缺少系统软件包：$packages。请（由管理员）运行下面这一条命令，然后重新执行 make：" \
            "System packages are missing: $packages. Run this one command (as an administrator), then make again:" \
            "$command"
    fi
    say "正在安装系统软件包：$packages" "Installing system packages: $packages"
    # shellcheck disable=SC2086 # a list of package names
    apt_install $packages
}

other_system() {
    [ -n "$(missing_libraries)" ] || return 0
    if [ "$(uname -s)" = Darwin ]; then
        command='brew install python pango'
    elif command -v dnf >/dev/null; then
        command='sudo dnf install pango harfbuzz'
    elif command -v pacman >/dev/null; then
        command='sudo pacman -S pango harfbuzz'
    elif command -v zypper >/dev/null; then
        command='sudo zypper install libpango-1_0-0 libharfbuzz-subset0'
    elif command -v apk >/dev/null; then
        command='sudo apk add pango harfbuzz-subset'
    else
        command='Pango >= 1.44 (libpango-1.0, libpangoft2-1.0), HarfBuzz (libharfbuzz-subset)'
    fi
    stop "缺少 Pango 或 HarfBuzz 系统库。请安装后重新执行 make：" \
        "Pango or HarfBuzz is missing on this system. Install them, then make again:" "$command"
}

# A stamp is right as long as nothing it was made from has changed.
fingerprint() {
    printf '%s\n' "$venv"
    cksum requirements.txt requirements-dev.txt pyproject.toml survey/__init__.py tools/setup.sh
}

ready() { [ -e "$venv/.ready-$1" ] && [ "$(fingerprint)" = "$(cat "$venv/.ready-$1")" ]; }

environment() {
    say "正在准备 .venv（首次约一两分钟）…" "Setting up .venv (a minute or two the first time) …"
    if ! usable; then
        rm -f "$venv/bin/activate" # so that an interrupted removal is not taken for an environment
        rm -rf "$venv"
        mkdir "$venv"
        : >"$unfinished"
        "$python" -m venv "$venv"
    fi
    : >"$unfinished"
    rm -f "$venv"/.ready-*
    # Compiling what is never imported would take longer than the download.
    pip install --no-compile --require-hashes --only-binary=:all: -r "$requirements"
    # Its build backend came with the requirements, so nothing is fetched that has no hash.
    pip install --no-index --no-deps --no-build-isolation -e .
    # Compile what csat imports, once and here: where Python may not write bytecode later on, every start
    # would compile it all again.
    env -u PYTHONDONTWRITEBYTECODE "$venv/bin/python" -c 'import analysis.pipeline, report_templates.render, \
        report_templates.webfont, survey.importing, survey.store, survey.workbook, weasyprint, workbench.cli' || :
    fingerprint >"$venv/.ready-run"
    [ "$level" = run ] || fingerprint >"$venv/.ready-$level"
    rm -f "$unfinished"
}

pip() {
    PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore \
        "$venv/bin/python" -I -m pip -qq --no-input "$@" && return
    rm -f "$unfinished" # pip takes back what it could not finish; only a pip that was killed leaves halves
    stop "软件包安装失败（见上）。软件源沿用 pip 自己的设置（pip.conf、PIP_INDEX_URL 等）；修复后重新执行 make 即可。" \
        "Installing packages failed (see above). The index is the one pip is configured for (pip.conf, PIP_INDEX_URL …); mend that and make again."
}

# Without a home pip would look for its cache in a folder named ~; one it may not write to it complains of.
if [ -z "${HOME:-}" ] || [ ! -d "$HOME" ]; then
    export HOME="$venv"
elif [ ! -w "$HOME" ] && [ -z "${PIP_CACHE_DIR:-}" ]; then
    export PIP_NO_CACHE_DIR=1
fi

python=$(find_python)
system_packages
if usable && { ready "$level" || ready dev; }; then
    exit 0
fi
environment
