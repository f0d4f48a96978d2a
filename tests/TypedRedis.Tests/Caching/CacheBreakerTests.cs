namespace TypedRedis.Tests.Caching;

/// <summary>Which errors say that Redis cannot be used now.</summary>
public sealed class CacheBreakerTests
{
    [Theory]
    [InlineData("LOADING Redis is loading the dataset in memory")]
    [InlineData("CLUSTERDOWN The cluster is down")]
    [InlineData("CLUSTERDOWN")]
    [InlineData("OOM command not allowed when used memory > 'maxmemory'. script: 5f3a, on @user_script:12.")]
    [InlineData("ERR Error running script (call to f_5f3a): @user_script:12: @user_script: 12: -OOM command not allowed when used memory > 'maxmemory'. ")]
    [InlineData("ERR Error running script (call to f_5f3a): @user_script:12: @user_script: 12: -READONLY You can't write against a read only replica. ")]
    [InlineData("MOVED 710 127.0.0.1:14644")]
    [InlineData("Endpoint 127.0.0.1:14644 serving hashslot 710 is not reachable at this point of time. Please check connectTimeout value.")]
    public void An_outage(string message) => Assert.True(CacheBreaker.IsOutage(message));

    [Theory]
    [InlineData("ERR unknown command 'BUSY', with args beginning with: ")]
    [InlineData("ERR Error running script (call to f_5f3a): @user_script:12: user_script:12: OOM was given ")]
    [InlineData("NOPERM this user has no permissions to access the 'LOADING' key")]
    [InlineData("BUSYGROUP Consumer Group name already exists")]
    [InlineData("Endpoint is a word")]
    [InlineData("")]
    public void A_mistake(string message) => Assert.False(CacheBreaker.IsOutage(message));

    [Fact]
    public void A_timeout_is_an_outage_and_a_mistake_of_the_program_is_not()
    {
        Assert.True(CacheBreaker.IsOutage(new TimeoutException()));
        Assert.False(CacheBreaker.IsOutage(new InvalidOperationException("LOADING")));
    }
}
