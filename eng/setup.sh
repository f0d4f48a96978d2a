# Sourced by test.sh and run.sh: makes sure that there is a .NET 10 SDK and a Redis server.

say() { printf '%s\n' "$*" >&2; }

require_dotnet() {
  if ! command -v dotnet >/dev/null && [ -x "$HOME/.dotnet/dotnet" ]; then
    export DOTNET_ROOT="$HOME/.dotnet" PATH="$HOME/.dotnet:$PATH"
  fi
  if ! command -v dotnet >/dev/null || ! dotnet --list-sdks | grep -q '^10\.'; then
    say "The .NET 10 SDK is missing. Install it:"
    say "  Debian, Ubuntu   sudo apt-get install dotnet-sdk-10.0   (Debian: https://learn.microsoft.com/dotnet/core/install/linux-debian first)"
    say "  Fedora           sudo dnf install dotnet-sdk-10.0"
    say "  macOS            brew install dotnet"
    say "  anywhere         https://dotnet.microsoft.com/download/dotnet/10.0"
    return 1
  fi
  export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
}

require_redis() {
  if [ -n "${REDIS_SERVER_PATH:-}" ]; then
    [ -x "$REDIS_SERVER_PATH" ] && return
    say "REDIS_SERVER_PATH is '$REDIS_SERVER_PATH', which is not an executable file."
    return 1
  fi
  if command -v redis-server >/dev/null || command -v valkey-server >/dev/null; then
    return
  fi
  if command -v apt-get >/dev/null; then
    install_redis_with_apt
  else
    say "There is no redis-server or valkey-server on PATH. Install one:"
    say "  Fedora   sudo dnf install valkey"
    say "  Arch     sudo pacman -S valkey"
    say "  Alpine   sudo apk add redis"
    say "  macOS    brew install redis"
    say "or set REDIS_SERVER_PATH to its executable."
    return 1
  fi
}

# We want the program alone, but the package also starts a service on port 6379, now and at every boot. A masked unit
# is not started by the installation, and RUNLEVEL=1 (single user) keeps the init script from it where there is no systemd.
# Both only for this installation: a service that was there before was there with redis-server, and we never get here.
install_redis_with_apt() {
  local root=()
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "redis-server is missing, and there is no sudo to install it with. As root: apt-get install redis-server"
      return 1
    fi
    root=(sudo)
  fi

  say "redis-server is missing: installing it with apt-get (its service stays off)."
  local systemd=""
  if [ -d /run/systemd/system ]; then
    systemd=1
    ${root[@]+"${root[@]}"} systemctl mask --quiet redis-server.service || true
  fi

  local installed=0
  apt_install_redis || { ${root[@]+"${root[@]}"} apt-get update -qq >&2 && apt_install_redis; } || installed=$?

  if [ -n "$systemd" ]; then
    ${root[@]+"${root[@]}"} systemctl unmask --quiet redis-server.service || true
    ${root[@]+"${root[@]}"} systemctl disable --now --quiet redis-server.service || true
  elif [ -x /etc/init.d/redis-server ]; then
    ${root[@]+"${root[@]}"} update-rc.d redis-server disable >&2 || true
  fi

  if [ "$installed" != 0 ] || ! command -v redis-server >/dev/null; then
    say "apt-get could not install redis-server. Install redis-server or valkey-server, or set REDIS_SERVER_PATH to its executable."
    return 1
  fi
}

apt_install_redis() {
  ${root[@]+"${root[@]}"} env RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive \
    apt-get install -y -qq --no-install-recommends redis-server >&2
}
