using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Viper.Contracts;
using Viper.Orchestration;

namespace Viper.Daemon.Endpoints;

/// <summary><c>/api/v1/operations</c>: what goes on without its caller.</summary>
internal sealed class OperationEndpoints(IVmEngine engine)
{
    private const string Path = "/api/v1/operations";

    internal static string PathOf(string id) => $"{Path}/{id}";

    internal void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, ListAsync);
        routes.MapGet(Path + "/{id}", context => AnswerAsync(context, engine.GetOperation(IdOf(context))));
        routes.MapPost(Path + "/{id}/cancel", async context => await AnswerAsync(context, await engine.CancelOperationAsync(IdOf(context), context.RequestAborted)));
    }

    private static string IdOf(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    // Ids sort by time: those of another form would begin a page nowhere.
    private static bool IsId(string? text) => text is ['o', 'p', '_', .. { Length: > 0 } rest] && rest.All(char.IsAsciiLetterOrDigit);

    private static Task AnswerAsync(HttpContext context, Operation operation) =>
        JsonResponse.WriteAsync(context, StatusCodes.Status200OK, operation, ViperJson.Readable.Operation);

    private Task ListAsync(HttpContext context)
    {
        int limit = PageCursor.Limit(context);
        string? status = RequestQuery.OneOf(context, "status", OperationStatuses.All);
        string? vm = RequestQuery.VmFilter(context);

        // One more than asked, to know whether there is a next page.
        IReadOnlyList<Operation> found = engine.ListOperations(status, vm, PageCursor.Read(context, IsId), limit + 1);
        List<Operation> page = [.. found.Take(limit)];
        string? next = found.Count > limit ? PageCursor.After(page[^1].Id) : null;
        if (next is not null)
        {
            PageCursor.LinkNext(context, Path, next);
        }

        return JsonResponse.WriteAsync(context, StatusCodes.Status200OK, new OperationList(page, next), ViperJson.Readable.OperationList);
    }
}
