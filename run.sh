#!/usr/bin/env bash
# Runs the quickstart sample against a Redis server of its own, which is gone when the sample ends.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source eng/setup.sh

require_dotnet
require_redis
exec dotnet run -c Release --project samples/Quickstart -- "$@"
