using Microsoft.Extensions.DependencyInjection;

namespace TypedRedis.Hosting;

/// <summary>What <c>AddTypedRedis</c> returns, to say more of the registration.</summary>
public interface ITypedRedisBuilder
{
    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}

internal sealed class TypedRedisBuilder(IServiceCollection services) : ITypedRedisBuilder
{
    public IServiceCollection Services { get; } = services;
}
