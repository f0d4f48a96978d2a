#!/usr/bin/env bash
# Builds everything and runs all tests. Its last line is "N passed, N failed, N skipped", and its exit code is 0 only if nothing failed.
#
#   ./test.sh                       everything
#   ./test.sh --project NAME        only tests/NAME
#   ./test.sh --filter EXPRESSION   only the tests that match, as in `dotnet test --filter`
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source eng/setup.sh

passed=0 failed=0 skipped=0
results=$(mktemp -d "${TMPDIR:-/tmp}/typedredis-results-XXXXXX")
running=()

# However we end: a step that broke off counts as a failure, and the sum is the last line.
finish() {
  local code=$?
  trap - EXIT
  local pid
  for pid in ${running[@]+"${running[@]}"}; do kill "$pid" 2>/dev/null || true; done
  rm -rf "$results"
  if [ "$code" != 0 ] && [ "$failed" = 0 ]; then failed=1; fi
  echo "$passed passed, $failed failed, $skipped skipped"
  [ "$failed" = 0 ] || exit 1
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

title() { printf '\n== %s\n' "$*"; }

step_build() {
  title "Build"
  dotnet build TypedRedis.sln -c Release --nologo -v q || { echo "The build failed: no test was run."; exit 1; }
}

# The runtime and TypedRedis.Hosting are built on the oldest driver they support; here they are compiled against the newest one as well.
step_newest_driver() {
  title "Compile the runtime and TypedRedis.Hosting against the newest driver"
  if ! dotnet build eng/NewestDriver -c Release --nologo -v q; then
    echo "src/TypedRedis or src/TypedRedis.Hosting does not compile against the newest StackExchange.Redis."
    failed=$((failed + 1))
  fi
}

# All projects at once: they spend much of their time waiting for a server. Each one's output is shown when it is done.
step_tests() {
  local name names=()
  for name in $(test_projects); do
    if [ -z "$project" ] || [ "$name" = "$project" ]; then
      names+=("$name")
      run_tests "$name" >"$results/$name.log" 2>&1 &
      running+=($!)
    fi
  done
  if [ ${#names[@]} = 0 ]; then
    echo "There is no test project${project:+ tests/$project}."
    exit 1
  fi

  local i code
  for i in "${!names[@]}"; do
    code=0
    wait "${running[$i]}" || code=$?
    title "${names[$i]}"
    cat "$results/${names[$i]}.log"
    count "${names[$i]}" "$code"
  done
  running=()
}

test_projects() { grep -l 'Include="Microsoft.NET.Test.Sdk"' tests/*/*.csproj | xargs -n 1 basename | sed 's/\.csproj$//'; }

run_tests() {
  dotnet test "tests/$1/bin/Release/net10.0/$1.dll" --nologo ${filter:+--filter "$filter"} \
    --logger "console;verbosity=minimal" --logger "trx;LogFileName=$1.trx" --results-directory "$results"
}

# Adds a project's numbers, NAME and EXIT CODE given, from its trx file. A skipped test is in `total` but was not
# `executed`. A host that crashed, or that left no file, is a failure although no test of its own is.
count() {
  local trx="$results/$1.trx" total=0 executed=0 ok=0 bad
  if [ -f "$trx" ]; then
    local counters
    counters=$(tr -d '\n\r' <"$trx" | grep -o '<Counters [^>]*>' | head -n 1) || counters=""
    total=$(attribute total "$counters")
    executed=$(attribute executed "$counters")
    ok=$(attribute passed "$counters")
  fi
  bad=$((executed - ok))
  if [ "$bad" = 0 ] && { [ "$2" != 0 ] || { [ "$total" = 0 ] && [ -z "$filter" ]; }; }; then
    echo "$1 gave no complete result (exit code $2, $total tests): counted as one failure."
    bad=1
  fi
  passed=$((passed + ok)) failed=$((failed + bad)) skipped=$((skipped + total - executed))
}

attribute() { sed -n "s/.* $1=\"\([0-9][0-9]*\)\".*/\1/p" <<<"$2" | grep . || echo 0; }

project="" filter=""
while [ $# -gt 0 ]; do
  case $1 in
  --project) project=${2:?--project needs the name of a folder in tests/} && shift 2 ;;
  --filter) filter=${2:?--filter needs an expression} && shift 2 ;;
  *) say "Unknown argument '$1'. Known: --project NAME, --filter EXPRESSION." && exit 2 ;;
  esac
done

require_dotnet
require_redis
step_build
step_newest_driver
step_tests
echo
