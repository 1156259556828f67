using Viper.Client.Internal;
using Viper.Contracts;

namespace Viper.Client;

public sealed partial class ViperClient
{
    /// <summary>One page of operations, by time of creation.</summary>
    public Task<OperationList> ListOperationsAsync(OperationQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        RequestPath path = new RequestPath("/api/v1/operations")
            .With("status", query.Status).With("vm", query.Vm).With("limit", query.Limit).With("cursor", query.Cursor);
        return GetAsync(path, ViperJson.Default.OperationList, TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Every operation of a query, page after page.</summary>
    public IAsyncEnumerable<Operation> ListAllOperationsAsync(OperationQuery query, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        return PagesAsync(
            query.Cursor,
            async (cursor, token) =>
            {
                OperationList page = await ListOperationsAsync(query with { Cursor = cursor }, token).ConfigureAwait(false);
                return (page.Items, page.NextCursor);
            },
            cancellationToken);
    }

    /// <summary>The operation of that id.</summary>
    public Task<Operation> GetOperationAsync(string id, CancellationToken cancellationToken) =>
        GetAsync(RequestPath.OfOperation(id), ViperJson.Default.Operation, TimeSpan.Zero, cancellationToken);

    /// <summary>Cancels a running operation, which leaves its VM stopped; returns it as it ended.</summary>
    /// <remarks>Throws <see cref="ViperApiException"/> with <see cref="ProblemCodes.OperationFinished"/> for one that has ended.</remarks>
    public async Task<Operation> CancelOperationAsync(string id, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = Request(HttpMethod.Post, RequestPath.OfOperation(id, "/cancel"));
        return await SendAsync(request, ViperJson.Default.Operation, TimeSpan.Zero, cancellationToken).ConfigureAwait(false);
    }
}
