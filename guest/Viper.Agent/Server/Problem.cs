using System.Text.Json;
using Viper.Agent.Http;
using Viper.Contracts.Agent;

namespace Viper.Agent.Server;

/// <summary>Answers that are errors, as problem+json with the codes of the whole product.</summary>
internal static class Problem
{
    internal const string MediaType = "application/problem+json";

    internal static AgentResponse From(HttpFault fault, string? path) => Create(fault.Status, fault.Code, fault.Detail, path);

    internal static AgentResponse Create(
        int status,
        string code,
        string detail,
        string? path,
        string? netError = null,
        AgentFieldError? field = null,
        AgentScriptError? exception = null)
    {
        var problem = new AgentProblem
        {
            Type = $"https://viper.invalid/problems/{code.Replace('_', '-')}",
            Title = Title(code),
            Status = status,
            Detail = detail,
            Instance = path,
            Code = code,
            Retryable = status is 429 or 503 or 504,
            NetError = netError,
            Exception = exception,
            FieldErrors = field is null ? null : [field],
        };
        return new AgentResponse(status, MediaType, JsonSerializer.SerializeToUtf8Bytes(problem, AgentJsonContext.Default.AgentProblem))
        {
            Header = status switch
            {
                401 => "WWW-Authenticate: Bearer",
                429 or 503 => "Retry-After: 1",
                _ => null,
            },
        };
    }

    internal static AgentResponse NotFound(string path) =>
        Create(404, "not_found", "The agent has nothing at this path.", path);

    internal static AgentResponse MethodNotAllowed(string path, string method, string allowed) =>
        Create(405, "method_not_allowed", $"{method} is not possible here; allowed: {allowed}.", path) with { Header = $"Allow: {allowed}" };

    internal static AgentResponse Invalid(string path, string member, string code, string detail) =>
        Create(400, "validation_failed", detail, path, field: new AgentFieldError { Place = $"#/{member}", Code = code, Detail = detail });

    /// <summary>A script of the caller's threw.</summary>
    internal static AgentResponse Script(string text, string path)
    {
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        var message = end < 0 ? text : text[..end];
        return Create(
            422, "script_exception", $"The script threw: {message}", path,
            exception: new AgentScriptError { Message = message, Stack = end < 0 ? null : text[(end + 1)..] });
    }

    /// <summary>There is no Chrome to ask now.</summary>
    internal static AgentResponse NoBrowser(BrowserHealth health, string path) => health switch
    {
        BrowserHealth.Absent => Create(409, "browser_absent", "This VM's image holds no browser.", path),
        BrowserHealth.Starting => Create(503, "vm_starting", "The browser has been started and does not answer yet.", path),
        _ => Create(503, "browser_restarting", "The browser has ended and is being started again.", path),
    };

    internal static AgentResponse Stopping(string? path) =>
        Create(503, "vm_stopping", "The VM is shutting down.", path) with { Close = true };

    private static string Title(string code) => code switch
    {
        "validation_failed" => "The request is not valid",
        "unauthorized" => "Not authorized",
        "forbidden_host" => "Host not allowed",
        "forbidden_origin" => "Origin not allowed",
        "page_not_found" => "Page not found",
        "method_not_allowed" => "Method not allowed",
        "payload_too_large" => "Body too large",
        "request_timeout" => "Request too slow",
        "navigation_failed" => "Navigation failed",
        "navigation_timeout" => "Navigation too slow",
        "action_timeout" => "Action too slow",
        "vm_starting" => "VM is starting",
        "vm_stopping" => "VM is stopping",
        "browser_restarting" => "Browser is restarting",
        "browser_absent" => "No browser",
        "browser_error" => "Browser error",
        "page_crashed" => "Page crashed",
        "element_not_found" => "Element not found",
        "invalid_selector" => "Selector not valid",
        "script_exception" => "Script failed",
        "not_found" => "Not found",
        "agent_error" => "Agent error",
        _ => char.ToUpperInvariant(code[0]) + code[1..].Replace('_', ' '),
    };
}
