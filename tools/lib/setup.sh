# Shared by the scripts of tools/: finds Swift, installs missing Debian packages, builds. Sourced, not run.
# shellcheck shell=bash

set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# What the libraries need to build; Debian's libdnnl-dev is oneDNN, g++ brings libstdc++ and the libgomp that clang links.
build_packages=(
    git g++ pkg-config libavformat-dev libavcodec-dev libavutil-dev libswscale-dev libopenblas-dev liblapacke-dev
    libdnnl-dev zlib1g-dev libcairo2-dev libturbojpeg0-dev
)
# The tests compare decoded frames with what the ffmpeg program decodes.
test_packages=(ffmpeg)
# What a toolchain needs to start on a bare Debian: its libraries, and the C library's files to link with.
swift_packages=(
    ca-certificates git g++ binutils libncurses-dev libsqlite3-dev libcurl4-openssl-dev libxml2-dev zlib1g-dev tzdata
)

say() { printf '%s\n' "$*" >&2; }

fail() {
    say "$(basename "$0"): $*"
    exit 1
}

# Whether the toolchain's programs find the libraries that they are linked with.
starts() { "$1" --version >/dev/null 2>&1 && "$1" build --version >/dev/null 2>&1; }

# Sets `swift` to a toolchain of version 6.2 or newer, or says how to get one.
find_swift() {
    local candidate version found=""
    for candidate in "${SWIFT:-}" "$(command -v swift || true)" "${HOME:-/root}/.local/share/swiftly/bin/swift" \
        /opt/swift/usr/bin/swift /usr/local/bin/swift /usr/bin/swift; do
        [[ -n $candidate && -x $candidate ]] || continue
        starts "$candidate" || install_packages "${swift_packages[@]}"
        version=$("$candidate" --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+)\.([0-9]+).*/\1 \2/p' | head -n 1)
        [[ -n $version ]] || continue
        local major=${version% *} minor=${version#* }
        if ((major > 6 || (major == 6 && minor >= 2))); then
            swift=$candidate
            return
        fi
        found+=" $candidate is version $major.$minor."
    done
    say "Swift 6.2 or newer is needed and was not found.$found"
    say "Get it from https://www.swift.org/install/linux/ : on Debian 12 and 13"
    say "  curl -fsSLO https://download.swift.org/swiftly/linux/swiftly-$(uname -m).tar.gz"
    say "  tar zxf swiftly-$(uname -m).tar.gz && ./swiftly init"
    say "Then open a new shell and run $0 again (or name a toolchain: SWIFT=/path/to/usr/bin/swift $0)."
    exit 1
}

# Prints the path of another program of the toolchain, such as docc.
toolchain_program() {
    local candidate
    for candidate in "$(dirname "$swift")/$1" "$(dirname "$(realpath "$swift")")/$1" "$(command -v "$1" || true)"; do
        [[ -x $candidate ]] || continue
        printf '%s\n' "$candidate"
        return
    done
    fail "the toolchain of $swift has no program $1"
}

# The version whose output is committed: others break some lines differently.
clang_format_version=19

# Sets `clang_format` to the program of that version.
find_clang_format() {
    local candidate
    command -v "clang-format-$clang_format_version" >/dev/null || install_packages "clang-format-$clang_format_version"
    for candidate in "clang-format-$clang_format_version" clang-format; do
        clang_format=$(command -v "$candidate") || continue
        [[ $("$clang_format" --version) == *" version $clang_format_version."* ]] && return
    done
    fail "clang-format $clang_format_version is needed and was not found: install it, or put it on the path as clang-format-$clang_format_version"
}

is_installed() { [[ $(dpkg-query -W -f='${Status}' "$1" 2>/dev/null) == "install ok installed" ]]; }

# Installs those of the named packages that are missing, as root or by sudo, and says so.
install_packages() {
    if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
        say "This is not Debian: the equivalents of these packages are assumed to be installed: $*"
        return
    fi
    local package missing=()
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    ((${#missing[@]})) || return 0
    local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300)
    if ((EUID != 0)); then
        command -v sudo >/dev/null \
            || fail "these Debian packages are missing, and neither root nor sudo is at hand. As root: apt-get install ${missing[*]}"
        apt=(sudo "${apt[@]}")
    fi
    say "Installing Debian packages: ${missing[*]}"
    # An unrelated package source may fail: if a package is missing, the next step shows it.
    "${apt[@]}" update -qq >&2 || say "The list of packages could not be read completely."
    "${apt[@]}" install -y -qq --no-install-recommends "${missing[@]}" >&2 \
        || fail "the packages could not be installed: see the lines above"
}

# Builds the program and sets `auspex` to it.
build_program() {
    say "Building auspex (a first build takes a few minutes) ..."
    "$swift" build --package-path "$root" -c release --product auspex >&2 || fail "the build failed: see the lines above"
    auspex=$("$swift" build --package-path "$root" -c release --show-bin-path)/auspex
}
