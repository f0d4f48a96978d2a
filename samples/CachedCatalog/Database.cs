using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace CachedCatalog;

/// <summary>The SQL database: SQLite, or PostgreSQL where there is a connection string for it. Counts its queries.</summary>
internal sealed class Database : IAsyncDisposable
{
    public const int Rows = 100_000;
    public const int Categories = 50;

    // SQLite reads in the process, in microseconds. A database that is a network away does not, so a query waits as long as that takes.
    private static readonly TimeSpan Network = TimeSpan.FromMilliseconds(2);

    private readonly DbDataSource _connections;
    private long _queries;

    static Database() => SQLitePCL.Batteries.Init();

    public Database(string? postgres, string? sqlite)
    {
        IsPostgres = !string.IsNullOrEmpty(postgres);
        _connections = IsPostgres ? NpgsqlDataSource.Create(postgres!) : SqliteFactory.Instance.CreateDataSource(sqlite ?? "Data Source=catalog.db");
    }

    public bool IsPostgres { get; }

    public long Queries => Interlocked.Read(ref _queries);

    /// <summary>The condition that a column is one of an array.</summary>
    public string In(string parameter) => IsPostgres ? $"= ANY({parameter})" : $"IN {parameter}";

    public async Task<IEnumerable<T>> QueryAsync<T>(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        return await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    public async Task ExecuteAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using DbConnection connection = await OpenAsync(cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
    }

    /// <summary>Makes the table anew, with products 1 to <see cref="Rows"/>.</summary>
    public async Task CreateAsync()
    {
        await using DbConnection connection = await _connections.OpenConnectionAsync();
        if (!IsPostgres)
        {
            await connection.ExecuteAsync("PRAGMA journal_mode = WAL");     // readers of one process do not wait for a writer of another
        }

        await connection.ExecuteAsync($"""
            DROP TABLE IF EXISTS catalog_products;
            CREATE TABLE catalog_products
            (
                id BIGINT NOT NULL PRIMARY KEY, name TEXT, category TEXT, cents BIGINT, version BIGINT NOT NULL, deleted BOOLEAN NOT NULL
            );
            INSERT INTO catalog_products
                WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n WHERE id < {Rows})
                SELECT id, 'Product ' || id, 'category-' || (id % {Categories}), 100 + id * 37 % 9900, 0, FALSE FROM n;
            """);
    }

    public ValueTask DisposeAsync() => _connections.DisposeAsync();

    private async Task<DbConnection> OpenAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _queries);
        if (!IsPostgres)
        {
            await Task.Delay(Network, cancellationToken);
        }

        return await _connections.OpenConnectionAsync(cancellationToken);
    }
}
