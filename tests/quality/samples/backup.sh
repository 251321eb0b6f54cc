#!/usr/bin/env bash
# Keep dated copies of folders, and drop the oldest.
set -euo pipefail

readonly PROGRAM="${0##*/}"
KEEP=7
TARGET="${BACKUP_TARGET:-$HOME/backups}"
VERBOSE=0
declare -a sources=()

usage() {
    cat <<USAGE
usage: $PROGRAM [-k COUNT] [-t FOLDER] [-v] FOLDER...

Copies every FOLDER into a dated archive.
USAGE
}

log() {
    if [[ $VERBOSE -eq 1 ]]; then
        printf '%s: %s\n' "$(date +%H:%M:%S)" "$*" >&2
    fi
}

die() {
    printf '%s: %s\n' "$PROGRAM" "$1" >&2
    exit "${2:-1}"
}

parse_options() {
    local option
    while getopts ':k:t:vh' option; do
        case "$option" in
            k) KEEP="$OPTARG" ;;
            t) TARGET="$OPTARG" ;;
            v) VERBOSE=1 ;;
            h)
                usage
                exit 0
                ;;
            *)
                usage >&2
                exit 2
                ;;
        esac
    done
    shift $((OPTIND - 1))
    sources=("$@")
    if [[ ${#sources[@]} -eq 0 ]]; then
        die "no folder given" 2
    fi
}

archive() {
    local source="$1"
    local name stamp file
    name="$(basename "$source")"
    stamp="$(date +%Y-%m-%dT%H%M%S)"
    file="$TARGET/$name-$stamp.tar.gz"
    log "archiving $source"
    if ! tar --create --gzip --file "$file.part" --directory "$(dirname "$source")" "$name"; then
        rm -f "$file.part"
        return 1
    fi
    mv "$file.part" "$file"
    echo "$file"
}

prune() {
    local name="$1" count=0
    local -a old
    mapfile -t old < <(find "$TARGET" -name "$name-*.tar.gz" | sort -r | tail -n "+$((KEEP + 1))")
    for file in "${old[@]}"; do
        log "dropping $file"
        rm -- "$file"
        count=$((count + 1))
    done
    log "dropped $count old archives"
}

main() {
    parse_options "$@"
    mkdir -p "$TARGET"
    local source failed=0
    for source in "${sources[@]}"; do
        if [[ ! -d "$source" ]]; then
            echo "$PROGRAM: not a folder: $source" >&2
            failed=1
            continue
        fi
        if archive "$source"; then
            prune "$(basename "$source")"
        else
            failed=1
        fi
    done
    return "$failed"
}

main "$@"
